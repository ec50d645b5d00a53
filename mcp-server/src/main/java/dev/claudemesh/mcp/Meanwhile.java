package dev.claudemesh.mcp;

import dev.claudemesh.mcp.tools.Progress;
import java.util.Optional;
import java.util.function.Consumer;

/// What passes between a tool and the model's side while a call takes its time.
interface Meanwhile {
  /// Where to tell how far the call is; empty if nobody wants to hear it.
  Optional<Consumer<Progress>> progress();

  /// Runs a task when the call is taken back, once and on another thread; at once if it was.
  void whenCancelled(Runnable task);
}
