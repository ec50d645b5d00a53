/// The stdio MCP server: one process a Claude Code session. Tools out of the catalogue, and the
/// paths by which a peer's message reaches the session.
///
/// Invariants: stdout holds protocol lines only; a message counts as shown when the session's own
/// prompt hook or transcript has it; what was shown is never brought again by another path.
package dev.claudemesh.mcp;
