"""The SQL script that makes one schema into another."""
