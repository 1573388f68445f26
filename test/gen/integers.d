/* Values stay extended as their types say, and are extended again only where they can leave. */
BEGIN { a = (int)arg0 + (int)arg1; b = (int)arg0 & (int)arg1; c = (uint8_t)arg0; d = arg0 >> 3; }
