/* The first value makes the entry; later ones replace it only where they are smaller. */
BEGIN { @ = min(arg0); }
