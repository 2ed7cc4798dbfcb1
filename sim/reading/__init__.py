"""Reading what is written down: a region's tables and a user's scenarios, judged at the door."""
