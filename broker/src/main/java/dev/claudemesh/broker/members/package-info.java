/// Room members: who belongs to a mesh, what they may do, whom they listen to, and how they are
/// removed.
///
/// Tables: `member`, `permission`. Invariants: the owner can be neither locked out nor removed;
/// admins do not remove each other; nobody gives away a permission they do not have; grants are
/// keyed by member key; a removal and a new epoch of the mesh key never overlap.
package dev.claudemesh.broker.members;
