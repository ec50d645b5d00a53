package dev.claudemesh.cli.streams;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.mesh.Span;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.streams.StreamEvent;
import dev.claudemesh.protocol.streams.StreamRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Prints what is published on a stream, one line a piece, until it is stopped.
@Does(Effect.READ)
@Command(name = "tail", description = "Print what is published on a stream from now on.")
public final class StreamTailCommand extends MeshCommand {
  private static final int MOST_WAITING = 10_000;

  @Parameters(index = "0", paramLabel = "<stream>", description = "Name of the stream.")
  private String stream;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "<n>",
      description = "Stop after so many.")
  private Optional<Integer> count = Optional.empty();

  @Option(
      names = "--for",
      paramLabel = "<time>",
      converter = Span.class,
      description = "Stop after this time, such as 30s or 10m.")
  private Optional<Duration> atMost = Optional.empty();

  private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>(MOST_WAITING);

  public StreamTailCommand(Context context) {
    super(context);
  }

  @Override
  public Integer call() throws InterruptedException {
    return tail().print(context.terminal(), false);
  }

  @Override
  protected Answer answer() {
    throw new IllegalStateException("Prints line by line");
  }

  private Answer tail() throws InterruptedException {
    long until = atMost.map(span -> System.nanoTime() + span.toNanos()).orElse(Long.MAX_VALUE);
    int left = count.orElse(Integer.MAX_VALUE);
    try (Link link = Link.open(context, membership(), new Listener())) {
      link.ask(new StreamRequest.Subscribe(stream));
      context.terminal().talk("Listening to " + SafeText.line(stream) + "; Ctrl-C ends it.");
      while (left > 0) {
        Object next =
            atMost.isEmpty()
                ? heard.take()
                : heard.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        switch (next) {
          case null -> left = 0;
          case StreamEvent.Data data when data.stream().equals(stream) -> {
            print(data);
            left--;
          }
          case HelloAck again -> link.ask(new StreamRequest.Subscribe(stream));
          case Problem ended -> throw ended;
          default -> {}
        }
      }
    }
    return Answer.of(java.util.Map.of());
  }

  private void print(StreamEvent.Data data) {
    data.missed()
        .ifPresent(missed -> context.terminal().warn(missed + " were published meanwhile"));
    if (json) {
      context.terminal().data(Wire.mapper().writeValueAsString(data));
      return;
    }
    String value = data.data().isString() ? data.data().stringValue() : data.data().toString();
    context.terminal().data(SafeText.line(data.publishedBy()) + "  " + SafeText.line(value));
  }

  /// Hands over what comes. Where the reader is hopelessly behind, it ends.
  private final class Listener implements MeshListener {
    private boolean connectedBefore;

    @Override
    public void connected(HelloAck hello) {
      if (connectedBefore) {
        offer(hello);
      }
      connectedBefore = true;
    }

    @Override
    public void event(Event event) {
      offer(event);
    }

    @Override
    public void ended(Problem why) {
      offer(why);
    }

    private void offer(Object what) {
      if (!heard.offer(what)) {
        heard.clear();
        heard.offer(
            new Problem(
                ProblemCode.LIMIT,
                "More than " + MOST_WAITING + " pieces of data wait to be printed"));
      }
    }
  }
}
