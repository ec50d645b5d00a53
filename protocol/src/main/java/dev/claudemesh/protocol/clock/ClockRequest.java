package dev.claudemesh.protocol.clock;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;

/// The mesh's simulated time. All are answered by its status.
public sealed interface ClockRequest<R extends Reply> extends Request<R> {

  /// Starts the clock, or changes how fast it runs.
  @Operation(
      type = "set_clock",
      access = Access.WRITE,
      tool = true,
      toolName = "mesh_set_clock",
      cli = "clock set",
      effect = Effect.REPEATABLE,
      summary =
          "Start the mesh's simulated clock or change its speed; each tick is one simulated minute,"
              + " told to everybody")
  record Set(
      @Doc(
              "How many times faster than real time it runs; what is outside of 1 to 100 becomes the"
                  + " nearer of the two")
          double speed)
      implements ClockRequest<ClockReply.Status> {}

  /// Stops the clock where it is.
  @Operation(
      type = "pause_clock",
      access = Access.WRITE,
      tool = true,
      toolName = "mesh_pause_clock",
      cli = "clock pause",
      effect = Effect.REPEATABLE,
      summary = "Stop the mesh's simulated clock where it is")
  record Pause() implements ClockRequest<ClockReply.Status> {}

  /// Lets the clock run on.
  @Operation(
      type = "resume_clock",
      access = Access.WRITE,
      tool = true,
      toolName = "mesh_resume_clock",
      cli = "clock resume",
      effect = Effect.REPEATABLE,
      summary = "Let the mesh's simulated clock run on from where it was stopped")
  record Resume() implements ClockRequest<ClockReply.Status> {}

  /// Tells the simulated time.
  @Operation(
      type = "get_clock",
      access = Access.MEMBER,
      tool = true,
      toolName = "mesh_clock",
      cli = "clock show",
      effect = Effect.READ,
      summary = "Tell the mesh's simulated time, how fast it runs and whether it is stopped")
  record Get() implements ClockRequest<ClockReply.Status> {}
}
