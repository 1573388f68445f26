struct mod`s { int a; };
BEGIN { trace(1); }
