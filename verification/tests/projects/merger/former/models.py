"""Nothing is left: the app present has it all."""
