package dev.claudemesh.protocol.crypto;

import com.goterl.lazysodium.SodiumJava;
import com.goterl.lazysodium.utils.LibraryLoader;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// libsodium itself: the calls we need, on bytes. Loaded when the first of them is made. Thread-safe: none keeps state.
///
/// Calls that can fail for what somebody else sent give an empty result; one that cannot fail for such a reason throws.
final class Sodium {
  static final int KEY_BYTES = 32;
  static final int SECRET_KEY_BYTES = 64;
  static final int SIGNATURE_BYTES = 64;
  static final int NONCE_BYTES = 24;
  static final int MAC_BYTES = 16;
  static final int SEAL_BYTES = KEY_BYTES + MAC_BYTES;

  private static final Logger LOG = LoggerFactory.getLogger(Sodium.class);

  private static volatile SodiumJava library;

  private Sodium() {}

  /// Not a holder class: a load that failed must say why each time, and may succeed after its reason is gone.
  private static SodiumJava sodium() {
    SodiumJava loaded = library;
    if (loaded != null) {
      return loaded;
    }
    synchronized (Sodium.class) {
      if (library == null) {
        library = load();
      }
      return library;
    }
  }

  static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    sodium().randombytes_buf(random, bytes);
    return random;
  }

  /// A fresh ed25519 secret key: seed, then public key.
  static byte[] generate() {
    byte[] secret = new byte[SECRET_KEY_BYTES];
    must(sodium().crypto_sign_keypair(new byte[KEY_BYTES], secret));
    return secret;
  }

  static byte[] ofSeed(byte[] seed) {
    byte[] secret = new byte[SECRET_KEY_BYTES];
    must(sodium().crypto_sign_seed_keypair(new byte[KEY_BYTES], secret, seed));
    return secret;
  }

  static byte[] sign(byte[] message, byte[] secretKey) {
    byte[] signature = new byte[SIGNATURE_BYTES];
    must(sodium().crypto_sign_detached(signature, null, message, message.length, secretKey));
    return signature;
  }

  static boolean verify(byte[] signature, byte[] message, byte[] publicKey) {
    return signature.length == SIGNATURE_BYTES
        && sodium().crypto_sign_verify_detached(signature, message, message.length, publicKey) == 0;
  }

  /// Empty for bytes that are no point of the curve, or one of small order.
  static Optional<byte[]> toX25519(byte[] ed25519Public) {
    byte[] converted = new byte[KEY_BYTES];
    return sodium().crypto_sign_ed25519_pk_to_curve25519(converted, ed25519Public) == 0 ? Optional.of(converted) : Optional.empty();
  }

  static byte[] toX25519Secret(byte[] ed25519Secret) {
    byte[] converted = new byte[KEY_BYTES];
    must(sodium().crypto_sign_ed25519_sk_to_curve25519(converted, ed25519Secret));
    return converted;
  }

  static byte[] x25519Base(byte[] secret) {
    byte[] point = new byte[KEY_BYTES];
    must(sodium().crypto_scalarmult_base(point, secret));
    return point;
  }

  /// Empty where the shared secret would be all zeros.
  static Optional<byte[]> x25519(byte[] secret, byte[] point) {
    byte[] shared = new byte[KEY_BYTES];
    return sodium().crypto_scalarmult(shared, secret, point) == 0 ? Optional.of(shared) : Optional.empty();
  }

  /// Empty where the receiver's key is of small order.
  static Optional<byte[]> box(byte[] message, byte[] nonce, byte[] toX25519, byte[] fromX25519) {
    byte[] boxed = new byte[message.length + MAC_BYTES];
    return sodium().crypto_box_easy(boxed, message, message.length, nonce, toX25519, fromX25519) == 0
        ? Optional.of(boxed)
        : Optional.empty();
  }

  static Optional<byte[]> openBox(byte[] boxed, byte[] nonce, byte[] fromX25519, byte[] toX25519) {
    if (nonce.length != NONCE_BYTES || boxed.length < MAC_BYTES) {
      return Optional.empty();
    }
    byte[] message = new byte[boxed.length - MAC_BYTES];
    return sodium().crypto_box_open_easy(message, boxed, boxed.length, nonce, fromX25519, toX25519) == 0
        ? Optional.of(message)
        : Optional.empty();
  }

  static byte[] secretBox(byte[] message, byte[] nonce, byte[] key) {
    byte[] boxed = new byte[message.length + MAC_BYTES];
    must(sodium().crypto_secretbox_easy(boxed, message, message.length, nonce, key));
    return boxed;
  }

  static Optional<byte[]> openSecretBox(byte[] boxed, byte[] nonce, byte[] key) {
    if (nonce.length != NONCE_BYTES || boxed.length < MAC_BYTES) {
      return Optional.empty();
    }
    byte[] message = new byte[boxed.length - MAC_BYTES];
    return sodium().crypto_secretbox_open_easy(message, boxed, boxed.length, nonce, key) == 0
        ? Optional.of(message)
        : Optional.empty();
  }

  /// Empty where the receiver's key is of small order.
  static Optional<byte[]> seal(byte[] message, byte[] toX25519) {
    byte[] sealed = new byte[message.length + SEAL_BYTES];
    return sodium().crypto_box_seal(sealed, message, message.length, toX25519) == 0 ? Optional.of(sealed) : Optional.empty();
  }

  static Optional<byte[]> openSeal(byte[] sealed, byte[] publicX25519, byte[] secretX25519) {
    if (sealed.length < SEAL_BYTES) {
      return Optional.empty();
    }
    byte[] message = new byte[sealed.length - SEAL_BYTES];
    return sodium().crypto_box_seal_open(message, sealed, sealed.length, publicX25519, secretX25519) == 0
        ? Optional.of(message)
        : Optional.empty();
  }

  private static void must(int result) {
    if (result != 0) {
      throw new IllegalStateException("libsodium refused a call that cannot fail");
    }
  }

  private static SodiumJava load() {
    try {
      return loadFrom(NativeFolder.open(NativeFolder.preferred()));
    } catch (IOException e) {
      LOG.debug("Native libraries cannot be kept in {}: {}", NativeFolder.preferred(), e.getMessage());
    }
    try {
      NativeFolder temporary = NativeFolder.temporary();
      try {
        return loadFrom(temporary);
      } finally {
        temporary.discard();
      }
    } catch (IOException e) {
      throw new Problem(
          ProblemCode.INTERNAL,
          "libsodium cannot be loaded on " + Platform.RESOURCE_PREFIX + ": " + e.getMessage()
              + ". Start with -Dclaudemesh.native.dir=<folder> naming a folder of yours from which programs may run");
    }
  }

  /// Both libraries, the bridge first. A folder on a file system that forbids programs is one that cannot be used.
  private static SodiumJava loadFrom(NativeFolder folder) throws IOException {
    String sodium = LibraryLoader.getSodiumPathInResources();
    String sodiumSuffix = sodium.substring(sodium.lastIndexOf('.'));
    Path library = folder.provide(SodiumJava.class, sodium, "libsodium", sodiumSuffix);
    loadBridgeFrom(folder);
    try {
      return new SodiumJava(library.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new IOException(library + " cannot be loaded: " + e.getMessage(), e);
    }
  }

  /// JNA unpacks its own half into a shared temporary folder unless it is told where to find it.
  private static void loadBridgeFrom(NativeFolder folder) throws IOException {
    String plain = System.mapLibraryName("jnidispatch").replace(".dylib", ".jnilib");
    int dot = plain.lastIndexOf('.');
    Path bridge =
        folder.provide(Native.class, "/com/sun/jna/" + Platform.RESOURCE_PREFIX + "/" + plain, plain.substring(0, dot), plain.substring(dot));
    String mapped = bridge.getFileName().toString();
    String prefix = plain.substring(0, plain.indexOf("jnidispatch"));
    System.setProperty("jna.boot.library.path", folder.path().toString());
    System.setProperty("jna.boot.library.name", mapped.substring(prefix.length(), mapped.lastIndexOf('.')));
    try {
      LOG.debug("JNA with pointers of {} bytes from {}", Native.POINTER_SIZE, bridge);
    } catch (LinkageError e) {
      throw new IOException(bridge + " cannot be loaded: " + e.getMessage(), e);
    } finally {
      System.clearProperty("jna.boot.library.path");
      System.clearProperty("jna.boot.library.name");
    }
  }
}
