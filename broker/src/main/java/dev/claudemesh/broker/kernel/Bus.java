package dev.claudemesh.broker.kernel;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How rooms tell each other what happened without knowing each other. Subscribers run in order, on
/// the teller's thread, and must not wait long.
///
/// A subscriber that throws is a bug: it is logged with its stack trace, and the others still hear.
public final class Bus {
  private static final Logger log = LoggerFactory.getLogger(Bus.class);

  private final List<Consumer<Happening>> subscribers = new CopyOnWriteArrayList<>();

  public void subscribe(Consumer<Happening> subscriber) {
    subscribers.add(subscriber);
  }

  public void publish(Happening happening) {
    for (Consumer<Happening> subscriber : subscribers) {
      try {
        subscriber.accept(happening);
      } catch (RuntimeException e) {
        log.error("A subscriber failed on {}", happening, e);
      }
    }
  }
}
