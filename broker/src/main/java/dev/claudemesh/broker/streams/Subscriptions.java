package dev.claudemesh.broker.streams;

import dev.claudemesh.broker.kernel.Peer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Who listens to what, in memory. Sessions are known by their address, which they keep when they
/// come back; commands by themselves. Thread-safe.
final class Subscriptions {
  private final ConcurrentHashMap<Topic, ConcurrentHashMap<String, Listener>> topics =
      new ConcurrentHashMap<>();

  record Topic(String meshId, String stream) {}

  /// One who listens.
  ///
  /// @param key address of a session, presence id of a command
  /// @param command the peer itself, if it is a command: nobody else finds it
  /// @param missed what was published while it could not be reached
  record Listener(String key, String memberId, Optional<Peer> command, AtomicInteger missed) {
    static Listener session(String address, String memberId) {
      return new Listener(address, memberId, Optional.empty(), new AtomicInteger());
    }

    static Listener of(Peer peer) {
      return peer.isSession()
          ? session(peer.address().hex(), peer.member().id())
          : new Listener(key(peer), peer.member().id(), Optional.of(peer), new AtomicInteger());
    }

    static String key(Peer peer) {
      return peer.isSession() ? peer.address().hex() : peer.presenceId();
    }
  }

  void add(Topic topic, Listener listener) {
    topics.compute(
        topic,
        (any, known) -> {
          ConcurrentHashMap<String, Listener> listeners =
              known == null ? new ConcurrentHashMap<>() : known;
          listeners.putIfAbsent(listener.key(), listener);
          return listeners;
        });
  }

  void remove(Topic topic, String key) {
    topics.computeIfPresent(
        topic,
        (any, listeners) -> {
          listeners.remove(key);
          return listeners.isEmpty() ? null : listeners;
        });
  }

  /// Removes one who listens from all streams of a mesh.
  void removeAll(String meshId, String key) {
    topicsOf(meshId).forEach(topic -> remove(topic, key));
  }

  /// Removes all sessions and commands of a member.
  void removeMember(String meshId, String memberId) {
    for (Topic topic : topicsOf(meshId)) {
      listeners(topic).stream()
          .filter(listener -> listener.memberId().equals(memberId))
          .forEach(listener -> remove(topic, listener.key()));
    }
  }

  void removeMesh(String meshId) {
    topicsOf(meshId).forEach(topics::remove);
  }

  Collection<Listener> listeners(Topic topic) {
    return topics.getOrDefault(topic, new ConcurrentHashMap<>()).values();
  }

  /// How many streams of a mesh one listens to.
  long count(String meshId, String key) {
    return topics.entrySet().stream()
        .filter(entry -> entry.getKey().meshId().equals(meshId))
        .filter(entry -> entry.getValue().containsKey(key))
        .count();
  }

  boolean contains(Topic topic, String key) {
    return topics.getOrDefault(topic, new ConcurrentHashMap<>()).containsKey(key);
  }

  private List<Topic> topicsOf(String meshId) {
    return topics.keySet().stream().filter(topic -> topic.meshId().equals(meshId)).toList();
  }
}
