/// Room services: tools that members lend each other. A peer hosts an MCP server, others call its
/// tools through the broker.
///
/// Table: `hosted_server`. Invariants: a name belongs to one member at a time; only the host that
/// was asked can answer a call; arguments and results travel encrypted between clients that can.
package dev.claudemesh.protocol.services;
