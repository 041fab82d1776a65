package io.tenantry.worker.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Picks TCP ports that nothing listens on, below the range from which systems take the ports of outgoing connections
 * (32768 on Linux, 49152 elsewhere). A port of that range could be lost while its server restarts: to another
 * connection, or to a client that keeps dialling it and at last connects to itself. None is picked twice: the server that
 * got it first may be seconds away from listening.
 */
public final class FreePort {
    private static final int LOWEST = 15_000;
    private static final int LIMIT = 32_000;
    private static final int ATTEMPTS = 1_000;
    private static final Set<Integer> PICKED = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /** A port that nothing listened on just now, and that this JVM has not picked before. */
    public static int pick() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, LIMIT);
            if (isFree(port) && PICKED.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port found from " + LOWEST + " to " + (LIMIT - 1));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
