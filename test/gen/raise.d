/* Signals are sent at once; nothing but the row goes to the consumer. */
BEGIN { raise(arg0); stop(); }
