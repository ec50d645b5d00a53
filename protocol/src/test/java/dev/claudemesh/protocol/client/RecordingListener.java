package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.messaging.MessageEvent.StatusChanged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Remembers what a client told it, in order.
public class RecordingListener implements MeshListener {
  public RecordingListener() {}

  /// One thing that was told.
  public record Told(String what, Object about) {}

  public final BlockingQueue<Told> told = new LinkedBlockingQueue<>();

  @Override
  public void connected(HelloAck hello) {
    told.add(new Told("connected", hello));
  }

  @Override
  public void disconnected(Problem why, Duration retryIn) {
    told.add(new Told("disconnected", why));
  }

  @Override
  public void ended(Problem why) {
    told.add(new Told("ended", why));
  }

  @Override
  public void message(IncomingMessage message) {
    told.add(new Told("message", message));
  }

  @Override
  public void undecryptable(Undecryptable message) {
    told.add(new Told("undecryptable", message));
  }

  @Override
  public void news(News news) {
    told.add(new Told("news", news));
  }

  @Override
  public void statusChanged(StatusChanged change) {
    told.add(new Told("statusChanged", change));
  }

  @Override
  public void keyArrived(int epoch) {
    told.add(new Told("keyArrived", epoch));
  }

  @Override
  public void sendRefused(String clientMessageId, Problem why) {
    told.add(new Told("sendRefused", why));
  }

  @Override
  public void warned(Problem problem) {
    told.add(new Told("warned", problem));
  }

  /// The next thing of a kind; others are passed over.
  public <T> T next(String what, Class<T> type) {
    List<Told> passed = new ArrayList<>();
    try {
      while (true) {
        Told next = told.poll(20, TimeUnit.SECONDS);
        if (next == null) {
          throw new AssertionError("Not told of " + what + ", only of " + passed);
        }
        if (next.what().equals(what)) {
          return type.cast(next.about());
        }
        passed.add(next);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public IncomingMessage message() {
    return next("message", IncomingMessage.class);
  }

  public long count(String what) {
    return told.stream().filter(each -> each.what().equals(what)).count();
  }
}
