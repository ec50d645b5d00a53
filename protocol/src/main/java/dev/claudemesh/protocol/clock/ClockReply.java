package dev.claudemesh.protocol.clock;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.Optional;

/// What the room clock answers.
public sealed interface ClockReply extends Reply {

  /// The simulated time.
  @Frame(
      type = "clock_status",
      summary = "The mesh's simulated time; speed 0 and the real time where no clock was started")
  record Status(
      @Doc("How many times faster than real time it runs; 0 where there is none") double speed,
      @Doc("Whether it stands still") boolean paused,
      @Doc("Simulated minutes since it was started") long tick,
      @Doc("The simulated time") Instant simTime,
      @Doc("When it was started, in real and in simulated time") Instant startedAt,
      @Doc(
              "Who stopped it or last changed it; absent where nobody was there and it stopped by"
                  + " itself")
          Optional<String> changedBy,
      @Doc("Whether it stopped because nobody was there") Optional<Boolean> empty)
      implements ClockReply {}
}
