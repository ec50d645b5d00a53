package dev.claudemesh.bench.jmh;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a message costs between bytes and records.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodecBenchmark {
  /// Bytes of a body before base64.
  @Param({"825", "30000"})
  int body;

  private byte[] send;
  private Push push;
  private Ack ack;

  /// Makes the frames.
  @Setup
  public void prepare() {
    byte[] random = new byte[body];
    new SplittableRandom(body).nextBytes(random);
    String ciphertext = Base64.getEncoder().encodeToString(random);
    String nonce = Base64.getEncoder().encodeToString(new byte[24]);
    String key = "ab".repeat(32);
    Send request =
        new Send(
            key,
            Priority.NEXT,
            nonce,
            ciphertext,
            Optional.of("00000042"),
            Optional.of("run-3-00000042"),
            Optional.empty(),
            Optional.of(Encryption.BOX),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    send = Wire.encode(request, Optional.empty());
    push =
        new Push(
            "m".repeat(32),
            "e".repeat(32),
            key,
            Priority.NEXT,
            nonce,
            ciphertext,
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(key),
            Optional.of("i".repeat(32)),
            Optional.of("Ada"),
            Optional.of(Encryption.BOX),
            Optional.empty(),
            Optional.of(key),
            Optional.of(key),
            Optional.empty(),
            Optional.empty(),
            Optional.of("run-3-00000042"),
            Optional.empty());
    ack = new Ack("00000042", "m".repeat(32), true, Optional.of(1), Optional.of(List.of("busy")));
  }

  /// Bytes to a checked `send`, as the broker's front door does.
  @Benchmark
  public Wire.Inbound decodeSend() {
    return Wire.request(Wire.parse(send));
  }

  /// A `push` to bytes.
  @Benchmark
  public byte[] encodePush() {
    return Wire.encode(push, Optional.empty());
  }

  /// An `ack` to bytes.
  @Benchmark
  public byte[] encodeAck() {
    return Wire.encode(ack, Optional.empty());
  }
}
