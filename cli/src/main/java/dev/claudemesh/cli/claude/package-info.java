/// Commands that Claude Code starts (`mcp`, `hook`, `status-line`), and which Claude Code there is.
package dev.claudemesh.cli.claude;
