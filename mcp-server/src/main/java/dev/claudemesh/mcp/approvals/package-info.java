/// Asking people whether a tool may be used: what stands in the boxes, and which answers count.
package dev.claudemesh.mcp.approvals;
