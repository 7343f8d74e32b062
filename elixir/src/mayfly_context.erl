%% What the runtime knows of the invocation that the calling process works for.
-module(mayfly_context).
-export([context/0, remaining_time/0]).

%% `nil` outside of an invocation. A map with atom keys:
%% `request_id`, `invoked_function_arn`, `function_name`, `function_version`, `memory_limit_in_mb` (integer),
%% `log_group_name`, `log_stream_name`, `deadline` (DateTime), and `trace_id`, `client_context`, `identity`
%% and `tenant_id`, which are `nil` when Lambda sent none.
-spec context() -> map() | nil.
context() ->
    case mayfly_invocations:find() of
        {ok, Id, Deadline, Json} ->
            {ok, Sent} = mayfly_codec:decode(Json),
            #{
                request_id => Id,
                invoked_function_arn => maps:get(<<"invokedFunctionArn">>, Sent, nil),
                trace_id => maps:get(<<"traceId">>, Sent, nil),
                client_context => maps:get(<<"clientContext">>, Sent, nil),
                identity => maps:get(<<"identity">>, Sent, nil),
                tenant_id => maps:get(<<"tenantId">>, Sent, nil),
                deadline => 'Elixir.DateTime':'from_unix!'(Deadline, millisecond),
                function_name => variable("AWS_LAMBDA_FUNCTION_NAME"),
                function_version => variable("AWS_LAMBDA_FUNCTION_VERSION"),
                memory_limit_in_mb => integer(variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")),
                log_group_name => variable("AWS_LAMBDA_LOG_GROUP_NAME"),
                log_stream_name => variable("AWS_LAMBDA_LOG_STREAM_NAME")
            };
        none -> nil
    end.

%% Milliseconds until Lambda ends the invocation, negative once that moment has passed; `:infinity` outside.
-spec remaining_time() -> integer() | infinity.
remaining_time() ->
    case mayfly_invocations:find() of
        {ok, _, Deadline, _} -> Deadline - erlang:system_time(millisecond);
        none -> infinity
    end.

variable(Name) ->
    case os:getenv(Name) of
        false -> nil;
        Value -> unicode:characters_to_binary(Value)
    end.

integer(nil) -> nil;
integer(Text) ->
    try binary_to_integer(Text)
    catch error:badarg -> nil
    end.
