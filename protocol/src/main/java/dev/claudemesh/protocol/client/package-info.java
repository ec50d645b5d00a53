/// The client of a broker: one reconnecting connection, signed HTTP calls, and the keys of a
/// member.
package dev.claudemesh.protocol.client;
