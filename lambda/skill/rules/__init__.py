"""What is true or allowed: plain functions over plain values, standard library only."""
