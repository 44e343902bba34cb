"""What the services' own interpreter runs; the lab's has none of their packages, and imports nothing from here."""
