enum e { ONE = 1, TWO };
enum e v;
int TWO;
BEGIN { trace(v == TWO); }
