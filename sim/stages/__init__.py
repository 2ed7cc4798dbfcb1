"""The stages of a month: rules put to work on the situation, for any number of actors at once."""
