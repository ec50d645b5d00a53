package dev.claudemesh.bench.jmh;

import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What clients do to each message, and both sides to each hello.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class CryptoBenchmark {
  private static final String TEXT = "x".repeat(809);

  private final SecretKey ada = Keys.generate();
  private final SecretKey bob = Keys.generate();
  private final MeshKey meshKey = MeshKey.generate(1);
  private final Boxed boxed = Keys.box(TEXT, bob.publicKey(), ada);
  private final Boxed secret = Keys.secretBox(TEXT, meshKey);
  private final String hello =
      Canonical.hello("m".repeat(32), "i".repeat(32), ada.publicKey().hex(), 1_700_000_000_000.0);
  private final String signature = Keys.sign(ada, hello);

  /// A direct message, encrypted.
  @Benchmark
  public Boxed box() {
    return Keys.box(TEXT, bob.publicKey(), ada);
  }

  /// A direct message, opened.
  @Benchmark
  public Optional<String> openBox() {
    return Keys.openBox(boxed.nonce(), boxed.ciphertext(), ada.publicKey(), bob);
  }

  /// A group message, encrypted.
  @Benchmark
  public Boxed secretBox() {
    return Keys.secretBox(TEXT, meshKey);
  }

  /// A group message, opened.
  @Benchmark
  public Optional<String> openSecretBox() {
    return Keys.openSecretBox(secret.nonce(), secret.ciphertext(), meshKey);
  }

  /// A hello, signed.
  @Benchmark
  public String signHello() {
    return Keys.sign(ada, hello);
  }

  /// A hello, verified.
  @Benchmark
  public boolean verifyHello() {
    return Keys.verify(ada.publicKey(), hello, signature);
  }
}
