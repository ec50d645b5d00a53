package dev.claudemesh.broker.streams;

import dev.claudemesh.protocol.streams.StreamEvent;
import java.util.Optional;

/// What one who listens is told. Pure.
final class StreamRules {
  private StreamRules() {}

  /// The data as it goes to one who missed so many before it.
  static StreamEvent.Data after(StreamEvent.Data data, int missed) {
    return missed == 0
        ? data
        : new StreamEvent.Data(
            data.stream(),
            data.data(),
            data.publishedBy(),
            data.publishedByPubkey(),
            Optional.of(missed),
            data.secret(),
            data.epoch());
  }
}
