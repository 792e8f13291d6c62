"""Where the catalog reader and the inspection disagree about something that both can see."""
