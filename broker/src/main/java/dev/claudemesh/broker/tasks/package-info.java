/// Room tasks: the board of a mesh. Who may change a task is drawn in `docs/states.md`.
///
/// Table: `task`. Invariants: a change is made to the version it was decided on, or not at all, so
/// that of all who claim an open task exactly one gets it; finished tasks are kept up to a number a
/// mesh, the newest.
package dev.claudemesh.broker.tasks;
