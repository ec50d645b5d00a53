/// Tools over the mesh, from both ends: calling one that a member lends ({@link
/// dev.claudemesh.mcp.tools.ToolCaller}), and lending those of an MCP server that runs here as a
/// child process ({@link dev.claudemesh.mcp.tools.ToolHost}, {@link
/// dev.claudemesh.mcp.tools.StdioServer}). Arguments and results are encrypted between the two.
package dev.claudemesh.mcp.tools;
