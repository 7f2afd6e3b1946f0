// Trap: a table of functions that the system runs.
// Tokens: before_main
// Object: before_main
// Syntax: before_main
void early() {}
[[gnu::section(".init_array"), gnu::used]] void (*const table)() = early;
