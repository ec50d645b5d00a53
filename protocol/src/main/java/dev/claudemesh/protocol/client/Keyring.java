package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.crypto.MeshKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/// The keys of one mesh, one an epoch. Thread-safe. Its `toString` names only the epochs.
public final class Keyring {
  private final ConcurrentSkipListMap<Integer, MeshKey> keys = new ConcurrentSkipListMap<>();
  private final Consumer<MeshKey> save;

  /// @param save called with each new key before it is used, on the thread that brought it; makes
  ///   it last
  public Keyring(Collection<MeshKey> known, Consumer<MeshKey> save) {
    known.forEach(key -> keys.put(key.epoch(), key));
    this.save = save;
  }

  /// Keys that are forgotten when the process ends.
  public static Keyring inMemory(MeshKey... known) {
    return new Keyring(List.of(known), key -> {});
  }

  public Optional<MeshKey> get(int epoch) {
    return Optional.ofNullable(keys.get(epoch));
  }

  /// The key of the latest epoch we hold; the mesh may have moved on.
  public Optional<MeshKey> current() {
    return Optional.ofNullable(keys.lastEntry()).map(Map.Entry::getValue);
  }

  public List<Integer> epochs() {
    return List.copyOf(keys.keySet());
  }

  /// Adds a key. The first key of an epoch stays: nobody can replace it by another.
  ///
  /// @return whether it was new
  public synchronized boolean put(MeshKey key) {
    if (keys.containsKey(key.epoch())) {
      return false;
    }
    save.accept(key);
    keys.put(key.epoch(), key);
    return true;
  }

  @Override
  public String toString() {
    return "Keyring[epochs=" + keys.keySet() + "]";
  }
}
