/// Room memory: what a mesh is to remember, found again by its words.
///
/// Tables: `memory`, `memory_word`, `memory_count`, `mesh.language`. Invariants: what is forgotten
/// is gone, with the words that only it had; whatever is searched for, a bounded number of memories
/// is looked at, the newest among them; no text is an error.
package dev.claudemesh.broker.memory;
