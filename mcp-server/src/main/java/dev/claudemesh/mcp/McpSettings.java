package dev.claudemesh.mcp;

import dev.claudemesh.protocol.config.ConfigFile;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.util.List;
import java.util.Optional;

/// What the MCP server works with, read from the member's files and the environment.
///
/// @param sessionKey the key of this Claude Code session, the same after `--resume` and `/clear`
/// @param peer the session id under which that key and the mail are kept
/// @param permissions names of those this session is to have of its member's, separated by commas
/// @param configFile where mesh keys that come are kept
record McpSettings(
    List<Membership> memberships,
    SecretKey sessionKey,
    String peer,
    Optional<String> displayName,
    Optional<List<GroupRole>> groups,
    Optional<String> model,
    MessageMode mode,
    ToolChoice tools,
    Optional<String> permissions,
    ConfigFile configFile,
    ClaudeSession session) {}
