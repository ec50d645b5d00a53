/// Room clock: a simulated time that a mesh shares, and its ticks.
///
/// Table: `clock`. Invariants: a tick is 60 simulated seconds; what time it is follows from the row
/// and the real time alone, so every broker says the same; it stands still while nobody is there.
package dev.claudemesh.protocol.clock;
