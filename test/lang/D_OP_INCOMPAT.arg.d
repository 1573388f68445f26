python$target:::function-entry
/arg1 == "foo"/
{ exit(0); }
