"""The rules of the model: pure functions of arrays that know nothing of the rest of it."""
