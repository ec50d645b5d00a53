/// Commands between Claude Code and the mesh: what Claude Code starts (`mcp`, `hook`), and what
/// starts Claude Code (`launch`).
package dev.claudemesh.cli.claude;
