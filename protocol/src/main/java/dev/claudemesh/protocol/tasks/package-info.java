/// Room tasks: a board of things to be done, which peers put up, claim and finish.
///
/// Table: `task`. Invariants: of all who claim an open task exactly one gets it; what is done or
/// cancelled changes only by being put back on the board.
package dev.claudemesh.protocol.tasks;
