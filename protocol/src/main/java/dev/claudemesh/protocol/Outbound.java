package dev.claudemesh.protocol;

/// Any frame from broker to client: a {@link Reply} or an {@link Event}.
public sealed interface Outbound permits Reply, Event {}
