/// Room memory: what a mesh is to remember, found again by its words.
///
/// Tables: `memory`, `memory_word`, `memory_count`. Invariants: what is forgotten is gone, with the
/// words that only it had; no text that somebody may search for is an error.
package dev.claudemesh.protocol.memory;
