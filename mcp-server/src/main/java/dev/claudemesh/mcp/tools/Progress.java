package dev.claudemesh.mcp.tools;

import java.util.Optional;

/// How far a call is.
///
/// @param done grows
/// @param total how much there is to do
/// @param message what is being done, in the tool's words
public record Progress(double done, Optional<Double> total, Optional<String> message) {}
