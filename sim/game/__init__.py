"""The game: seats that people hold, moves that become events, and what comes of them."""
