// What librabbitmq offers only as compound macros or variadic functions, as plain functions that Swift
// can import. No logic lives here.
#pragma once
#include <sys/time.h>
// From librabbitmq 0.12 on the headers have a directory of their own, and those outside of it warn.
#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

static inline amqp_rpc_reply_t nx_login(
    amqp_connection_state_t state, const char *vhost, int frame_max, int heartbeat,
    const amqp_table_t *properties, const char *user, const char *password) {
    return amqp_login_with_properties(
        state, vhost, 1, frame_max, heartbeat, properties, AMQP_SASL_METHOD_PLAIN, user, password);
}

static const uint32_t NX_BASIC_DELIVER = AMQP_BASIC_DELIVER_METHOD;
static const uint32_t NX_BASIC_ACK = AMQP_BASIC_ACK_METHOD;
static const uint32_t NX_BASIC_NACK = AMQP_BASIC_NACK_METHOD;
static const uint32_t NX_BASIC_RETURN = AMQP_BASIC_RETURN_METHOD;
static const uint32_t NX_BASIC_CANCEL = AMQP_BASIC_CANCEL_METHOD;
static const uint32_t NX_CHANNEL_CLOSE = AMQP_CHANNEL_CLOSE_METHOD;
static const uint32_t NX_CONNECTION_CLOSE = AMQP_CONNECTION_CLOSE_METHOD;
static const uint32_t NX_CONNECTION_BLOCKED = AMQP_CONNECTION_BLOCKED_METHOD;
static const uint32_t NX_CONNECTION_UNBLOCKED = AMQP_CONNECTION_UNBLOCKED_METHOD;

static const uint32_t NX_HAS_CONTENT_TYPE = AMQP_BASIC_CONTENT_TYPE_FLAG;
static const uint32_t NX_HAS_HEADERS = AMQP_BASIC_HEADERS_FLAG;
static const uint32_t NX_HAS_DELIVERY_MODE = AMQP_BASIC_DELIVERY_MODE_FLAG;
static const uint32_t NX_HAS_CORRELATION_ID = AMQP_BASIC_CORRELATION_ID_FLAG;
static const uint32_t NX_HAS_REPLY_TO = AMQP_BASIC_REPLY_TO_FLAG;
static const uint32_t NX_HAS_MESSAGE_ID = AMQP_BASIC_MESSAGE_ID_FLAG;
static const uint32_t NX_HAS_TYPE = AMQP_BASIC_TYPE_FLAG;
static const uint32_t NX_HAS_USER_ID = AMQP_BASIC_USER_ID_FLAG;
