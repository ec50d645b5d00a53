/// Room clock: a simulated time that a mesh shares, and its ticks.
///
/// Table: `clock`; reads `member`, `presence`. Invariants: what time it is follows from the row and
/// the real time, so that every broker says the same and a restart loses nothing; each broker tells
/// ticks to its own connections, each once; while nobody is there it stands still.
package dev.claudemesh.broker.clock;
