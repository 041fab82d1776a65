package io.tenantry.worker.telemetry;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what metrics and pages cost: how many are made at once, and how many are in memory. Safe for use by many
 * threads.
 */
final class PageLimit {
    /** Being made. */
    static final int MADE_AT_ONCE = 2;
    /** Waiting, being made, or being sent. A client that does not read its response occupies one until its time is over. */
    static final int UNDER_WAY = 16;

    private static final Logger LOG = LoggerFactory.getLogger(PageLimit.class);

    private final Semaphore places = new Semaphore(UNDER_WAY);
    private final Semaphore turns = new Semaphore(MADE_AT_ONCE, true);
    private final Duration longestWait;

    /** @param longestWait for a turn to be made */
    PageLimit(Duration longestWait) {
        this.longestWait = longestWait;
    }

    /** Takes a place, to be given back by {@link #leave} after the response is sent; false if there is none. */
    boolean enter() {
        return places.tryAcquire();
    }

    void leave() {
        places.release();
    }

    static HttpResponse full() {
        return HttpResponse.error(
                503, UNDER_WAY + " requests for metrics and pages are under way, which is the limit; try again later");
    }

    /** Makes the response when it is its turn. For a caller that has a place. */
    HttpResponse make(Page page) throws InterruptedException {
        if (!turns.tryAcquire(longestWait.toMillis(), TimeUnit.MILLISECONDS)) {
            return HttpResponse.error(
                    503,
                    "no turn within " + longestWait.toSeconds() + " s, because earlier requests are still worked on;"
                            + " try again later");
        }
        try {
            return new HttpResponse(200, page.contentType(), page.body().get());
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (RuntimeException | Error bug) {
            LOG.warn("a bug: {} cannot be served; the request for it gets status 500", page.path(), bug);
            return HttpResponse.error(500, "this page cannot be made; the log of the worker has the reason");
        } finally {
            turns.release();
        }
    }
}
