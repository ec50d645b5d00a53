package dev.claudemesh.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.cli.flow.News;
import dev.claudemesh.cli.launch.LaunchSession.Goal;
import dev.claudemesh.cli.launch.LaunchSession.Mesh;
import dev.claudemesh.protocol.ProblemCode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is told beside the card, with a broker that is made up.
class MeshWatchTest {
  private final AtomicReference<Optional<ProblemCode>> trouble =
      new AtomicReference<>(Optional.empty());
  private final MeshWatch watch =
      new MeshWatch(new FakeActions().failing(trouble::get), InstantSource.system());
  private final BlockingQueue<News<LaunchSession>> told = new LinkedBlockingQueue<>();
  private final List<News<LaunchSession>> seen = new ArrayList<>();

  @AfterEach
  void stop() {
    watch.close();
  }

  @Test
  void the_peers_online_are_learned() throws Exception {
    watch.on(session(), told::add);

    assertThat(next(News.Learned.class::isInstance))
        .isInstanceOfSatisfying(
            News.Learned.class, learned -> assertThat(apply(learned).online()).contains(9));
  }

  @Test
  void a_newer_version_never_interrupts() throws Exception {
    watch.on(session(), told::add);

    assertThat(next(News.Banner.class::isInstance))
        .isEqualTo(new News.Banner<>("claudemesh 9.9.9 is out: claudemesh upgrade"));
  }

  @Test
  void a_broker_that_is_away_interrupts_and_its_return_ends_that() throws Exception {
    trouble.set(Optional.of(ProblemCode.UNREACHABLE));
    watch.on(session(), told::add);

    News<LaunchSession> lost = next(News.Interrupted.class::isInstance);
    assertThat(((News.Interrupted<LaunchSession>) lost).overlay().name())
        .isEqualTo(Trouble.BROKER_LOST);
    told.clear();
    trouble.set(Optional.empty());
    assertThat(next(News.Withdrawn.class::isInstance))
        .isEqualTo(new News.Withdrawn<>(Trouble.BROKER_LOST));
  }

  @Test
  void who_chose_to_start_without_the_broker_is_not_interrupted_again() throws Exception {
    trouble.set(Optional.of(ProblemCode.UNREACHABLE));
    watch.on(session().withAlone(), told::add);
    next(News.Banner.class::isInstance);
    trouble.set(Optional.empty());

    next(News.Learned.class::isInstance);
    assertThat(seen).noneMatch(News.Interrupted.class::isInstance);
  }

  @Test
  void a_mesh_that_is_gone_is_told_once() throws Exception {
    trouble.set(Optional.of(ProblemCode.MESH_NOT_FOUND));
    watch.on(session(), told::add);

    News<LaunchSession> gone = next(News.Interrupted.class::isInstance);
    assertThat(((News.Interrupted<LaunchSession>) gone).overlay().name())
        .isEqualTo(Trouble.UNKNOWN_MESH);
  }

  @SuppressWarnings("unchecked")
  private static LaunchSession apply(News.Learned<?> learned) {
    return ((News.Learned<LaunchSession>) learned).fact().apply(session());
  }

  private News<LaunchSession> next(Predicate<News<LaunchSession>> wanted) throws Exception {
    for (int i = 0; i < 100; i++) {
      News<LaunchSession> news = told.poll(10, TimeUnit.SECONDS);
      assertThat(news).as("news").isNotNull();
      seen.add(news);
      if (wanted.test(news)) {
        return news;
      }
    }
    throw new AssertionError("never told");
  }

  private static LaunchSession session() {
    return new LaunchSession(
        new LaunchSession.Machine(
            "~",
            List.of(new Mesh("id", "platform", "platform", "ws://x/ws")),
            Optional.empty(),
            true),
        new LaunchSession.Wishes(
            Optional.empty(), Optional.empty(), Optional.empty(), false, false, false),
        Optional.of(new Goal.Joined("id")),
        Optional.empty(),
        "ana",
        "",
        Optional.of("ana"),
        Optional.of(""),
        Optional.empty(),
        false,
        false);
  }
}
