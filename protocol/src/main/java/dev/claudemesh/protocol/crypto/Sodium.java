package dev.claudemesh.protocol.crypto;

import com.goterl.lazysodium.SodiumJava;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/// libsodium itself: the calls we need, on bytes. Loaded when the first of them is made.
/// Thread-safe: none keeps state.
///
/// Calls that can fail for what somebody else sent give an empty result; one that cannot fail for
/// such a reason throws.
final class Sodium {
  /// Where JNA would look for libraries that are named without a folder.
  private static final String SYSTEM_LIBRARIES = "jna.platform.library.path";

  static final int KEY_BYTES = 32;
  static final int SECRET_KEY_BYTES = 64;
  static final int SIGNATURE_BYTES = 64;
  static final int NONCE_BYTES = 24;
  static final int MAC_BYTES = 16;
  static final int SEAL_BYTES = KEY_BYTES + MAC_BYTES;
  static final int SALT_BYTES = 16;

  /// libsodium's "interactive" limits of Argon2id 1.3.
  private static final int ARGON2ID13 = 2;

  private static final long PASSES = 2;
  private static final long MEMORY_BYTES = 64L << 20;

  private static final int PASSWORD_HASH_BYTES = 128;

  private static volatile Libsodium library;

  private Sodium() {}

  /// Not a holder class: a load that failed must say why each time, and may succeed after its
  /// reason is gone.
  private static Libsodium sodium() {
    Libsodium loaded = library;
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
    return sodium().crypto_sign_ed25519_pk_to_curve25519(converted, ed25519Public) == 0
        ? Optional.of(converted)
        : Optional.empty();
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
    return sodium().crypto_scalarmult(shared, secret, point) == 0
        ? Optional.of(shared)
        : Optional.empty();
  }

  /// Empty where the receiver's key is of small order.
  static Optional<byte[]> box(byte[] message, byte[] nonce, byte[] toX25519, byte[] fromX25519) {
    byte[] boxed = new byte[message.length + MAC_BYTES];
    return sodium().crypto_box_easy(boxed, message, message.length, nonce, toX25519, fromX25519)
            == 0
        ? Optional.of(boxed)
        : Optional.empty();
  }

  static Optional<byte[]> openBox(byte[] boxed, byte[] nonce, byte[] fromX25519, byte[] toX25519) {
    if (nonce.length != NONCE_BYTES || boxed.length < MAC_BYTES) {
      return Optional.empty();
    }
    byte[] message = new byte[boxed.length - MAC_BYTES];
    return sodium().crypto_box_open_easy(message, boxed, boxed.length, nonce, fromX25519, toX25519)
            == 0
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
    return sodium().crypto_box_seal(sealed, message, message.length, toX25519) == 0
        ? Optional.of(sealed)
        : Optional.empty();
  }

  static Optional<byte[]> openSeal(byte[] sealed, byte[] publicX25519, byte[] secretX25519) {
    if (sealed.length < SEAL_BYTES) {
      return Optional.empty();
    }
    byte[] message = new byte[sealed.length - SEAL_BYTES];
    return sodium().crypto_box_seal_open(message, sealed, sealed.length, publicX25519, secretX25519)
            == 0
        ? Optional.of(message)
        : Optional.empty();
  }

  /// A key that takes its time to be made, of something short enough to be remembered.
  ///
  /// @throws Problem `internal` if there is not enough memory for it
  static byte[] keyOfPassphrase(byte[] passphrase, byte[] salt) {
    byte[] key = new byte[KEY_BYTES];
    int result =
        sodium()
            .crypto_pwhash(
                key,
                key.length,
                passphrase,
                passphrase.length,
                salt,
                PASSES,
                new NativeLong(MEMORY_BYTES),
                ARGON2ID13);
    if (result != 0) {
      throw new Problem(
          ProblemCode.INTERNAL, "Making a key of a passphrase takes 64 MB of memory; free some");
    }
    return key;
  }

  /// XChaCha20-Poly1305.
  static byte[] aeadSeal(byte[] message, byte[] beside, byte[] nonce, byte[] key) {
    byte[] sealed = new byte[message.length + MAC_BYTES];
    must(
        sodium()
            .crypto_aead_xchacha20poly1305_ietf_encrypt(
                sealed, null, message, message.length, beside, beside.length, null, nonce, key));
    return sealed;
  }

  /// Empty if it was sealed under another key or with something else beside it, or was changed.
  static Optional<byte[]> aeadOpen(byte[] sealed, byte[] beside, byte[] nonce, byte[] key) {
    if (nonce.length != NONCE_BYTES || sealed.length < MAC_BYTES) {
      return Optional.empty();
    }
    byte[] message = new byte[sealed.length - MAC_BYTES];
    return sodium()
                .crypto_aead_xchacha20poly1305_ietf_decrypt(
                    message, null, null, sealed, sealed.length, beside, beside.length, nonce, key)
            == 0
        ? Optional.of(message)
        : Optional.empty();
  }

  /// Argon2id for signing in, as text that ends with a NUL.
  static String passwordHash(byte[] password) {
    byte[] hash = new byte[PASSWORD_HASH_BYTES];
    must(
        sodium()
            .crypto_pwhash_str(
                hash, password, password.length, PASSES, new NativeLong(MEMORY_BYTES)));
    int end = 0;
    while (hash[end] != 0) {
      end++;
    }
    return new String(hash, 0, end, StandardCharsets.US_ASCII);
  }

  static boolean passwordMatches(String hash, byte[] password) {
    byte[] stored = Arrays.copyOf(hash.getBytes(StandardCharsets.US_ASCII), PASSWORD_HASH_BYTES);
    return stored[PASSWORD_HASH_BYTES - 1] == 0
        && sodium().crypto_pwhash_str_verify(stored, password, password.length) == 0;
  }

  private static void must(int result) {
    if (result != 0) {
      throw new IllegalStateException("libsodium refused a call that cannot fail");
    }
  }

  private static Libsodium load() {
    try {
      return loadFrom(NativeFolder.open(NativeFolder.preferred()));
    } catch (IOException e) {
      LoggerFactory.getLogger(Sodium.class)
          .debug(
              "Native libraries cannot be kept in {}: {}",
              NativeFolder.preferred(),
              e.getMessage());
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
          "libsodium cannot be loaded on "
              + Platform.RESOURCE_PREFIX
              + ": "
              + e.getMessage()
              + ". Start with -Dclaudemesh.native.dir=<folder> naming a folder of yours from which"
              + " programs may run");
    }
  }

  @SuppressWarnings("restricted")
  private static Libsodium loadFrom(NativeFolder folder) throws IOException {
    String resource = resource();
    Path sodium =
        folder.provide(
            SodiumJava.class, resource, "libsodium", resource.substring(resource.lastIndexOf('.')));
    try {
      // Finds out about a file system from which programs may not run, before JNA's start fails for
      // good.
      System.load(sodium.toString());
      loadBridgeFrom(folder);
      if (System.getProperty(SYSTEM_LIBRARIES) == null) {
        System.setProperty(SYSTEM_LIBRARIES, ""); // else JNA runs ldconfig to find out
      }
      return new Libsodium(sodium);
    } catch (LinkageError e) {
      throw new IOException(sodium + " cannot be loaded: " + e.getMessage(), e);
    }
  }

  /// Where Lazysodium's jar keeps the library of this platform. It would tell, too, but starts JNA
  /// to find out.
  static String resource() throws IOException {
    boolean wide = Platform.is64Bit();
    if (Platform.isWindows()) {
      return wide ? "windows64/libsodium.dll" : "windows/libsodium.dll";
    }
    if (Platform.isMac()) {
      return Platform.isARM() ? "mac_arm/libsodium.dylib" : "mac/libsodium.dylib";
    }
    if (Platform.isLinux() && Platform.isARM()) {
      return wide ? "arm64/libsodium.so" : "armv6/libsodium.so";
    }
    if (Platform.isLinux() && Platform.isIntel()) {
      return wide ? "linux64/libsodium.so" : "linux/libsodium.so";
    }
    throw new IOException(
        "there is no library for "
            + System.getProperty("os.name")
            + " on "
            + System.getProperty("os.arch"));
  }

  /// JNA would unpack its own half into a folder of its choice and look into it for leftovers; it
  /// is told to use ours.
  private static void loadBridgeFrom(NativeFolder folder) throws IOException {
    String plain = System.mapLibraryName("jnidispatch").replace(".dylib", ".jnilib");
    int dot = plain.lastIndexOf('.');
    Path bridge =
        folder.provide(
            Native.class,
            "com/sun/jna/" + Platform.RESOURCE_PREFIX + "/" + plain,
            plain.substring(0, dot),
            plain.substring(dot));
    String file = bridge.getFileName().toString();
    int prefix = plain.indexOf("jnidispatch");
    Map<String, String> settings =
        Map.of(
            "jna.boot.library.path", folder.path().toString(),
            "jna.boot.library.name", file.substring(prefix, file.lastIndexOf('.')),
            "jna.tmpdir", folder.path().toString(),
            "jna.nounpack", "true");
    settings.forEach(System::setProperty);
    try {
      MethodHandles.lookup().ensureInitialized(Native.class);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("Native is public", e);
    } finally {
      settings.keySet().forEach(System::clearProperty);
    }
  }
}
