/// Room services: tools that members lend each other. Who lends what is a row; a call is only in
/// memory, from the caller's question to the host's answer.
///
/// Table: `hosted_server`. Invariants: a name belongs to one member at a time; only the connection
/// that was asked can answer a call, and every call ends, by an answer, by time, or with one of the
/// two connections; a call holds up nobody's other requests.
package dev.claudemesh.broker.services;
