package dev.claudemesh.mcp;

import java.io.Serial;

/// A tool of another member failed. The message is its own words in the frame of a result, which is
/// harmless as it stands.
final class FailedTool extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  FailedTool(String framed) {
    super(framed, null, false, false);
  }
}
