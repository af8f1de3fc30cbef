# frozen_string_literal: true

module Nhipol
  # A policy. Any number of threads may use it.
  class Policy
    MAX_PARSED = 4096

    attr_reader :library, :owned

    # Opens the shared library of a policy, which `nhipol-cc -s` makes. `table_bytes` and `session_bytes` limit the memory
    # for tables and for sessions, and `max_instances` the number of concurrent decisions; 0: the default.
    def initialize(path, table_bytes: 0, session_bytes: 0, max_instances: 0)
      @library = Library.new(path)
      pointer = refusable(PolicyLoadError) do |buffer|
        library.call(:load, library.call(:library_module), table_bytes, session_bytes, max_instances, buffer.pointer)
      end
      @owned = Owned.attach(self, Owned.new(pointer, &library.releaser(:free)))
      @parsed = {}
    rescue Fiddle::DLError => e
      raise PolicyLoadError, { code: Contract::ERROR_ENGINE_ERROR, path: '$', expected: 'the shared library of a policy',
                               found: e.message, offset: 0 }
    end

    # Decides data: hashes, arrays, strings, numbers, times.
    def decide(request, now: Time.now, clock: :host)
      decide_json(Request.json(request), now: now, clock: clock)
    rescue Request::Invalid => e
      Answer.denial('invalid_request', e.error, Contract::FLAG_INVALID)
    rescue StandardError => e
      engine_error(e)
    end

    # Decides JSON. `now` is a Time, milliseconds, or nil; clock :request prefers the instant of the request.
    def decide_json(json, now: Time.now, clock: :host)
      library.with_buffer do |buffer|
        call_decide(json, now, clock, buffer)
        answer(buffer)
      end
    rescue StandardError => e
      engine_error(e)
    end

    # From JSON to the AuthZEN response as JSON.
    def decide_response(json, now: Time.now, clock: :host)
      library.with_buffer do |buffer|
        call_decide(json, now, clock, buffer)
        buffer.text
      end
    rescue StandardError => e
      engine_error(e).response
    end

    # Whether data could be permitted for some value of the members that it does not have. Every member may be missing,
    # except the types of subject and resource and the name of the action. The module must have been compiled with
    # `--possible`.
    def could(request, now: Time.now, clock: :host)
      could_json(Request.json(request), now: now, clock: clock)
    rescue Request::Invalid => e
      impossible(Answer.denial('invalid_request', e.error, Contract::FLAG_INVALID))
    rescue StandardError => e
      impossible(engine_error(e))
    end

    # The same for JSON; `now` and `clock` are as for `decide_json`.
    def could_json(json, now: Time.now, clock: :host)
      possibility { |buffer| call_evaluate(:could, json, now, clock, buffer) }
    rescue StandardError => e
      impossible(engine_error(e))
    end

    # The possibility that a call returns: 1 if it is possible.
    def possibility
      library.with_buffer do |buffer|
        (yield buffer) == 1 ? Possibility.new(nil, buffer.valid_until) : impossible(answer(buffer))
      end
    end

    # Replaces the contents of an external table: data, or JSON.
    def load_table(name, contents)
      json = Request.json(contents)
      refusable(TableError) { |buffer| library.call(:load_table, pointer, name, json, buffer.pointer) }
      nil
    rescue Request::Invalid => e
      raise TableError, e.error
    end

    # Empties an external table.
    def drop_table(name)
      refusable(TableError) { |buffer| library.call(:drop_table, pointer, name, buffer.pointer) }
      nil
    end

    # A new set of sessions. Raises a SessionError if the policy was compiled without them.
    def sessions = Sessions.new(self)

    def manifest
      @manifest ||= begin
        length = Fiddle::Pointer.malloc(Fiddle::SIZEOF_SIZE_T, Fiddle::RUBY_FREE)
        text = library.call(:manifest, pointer, length)
        size = length[0, Fiddle::SIZEOF_SIZE_T].unpack1('J')
        size.zero? ? {}.freeze : JSON.parse(text[0, size], freeze: true)
      end
    end

    def name = manifest.dig('policy', 'name')
    def version = manifest.dig('policy', 'version')

    # The answer in the buffer. What was parsed is shared by answers with the same key.
    def answer(buffer)
      key = buffer.key
      valid_until = buffer.valid_until
      return Answer.new(buffer.effect, buffer.flags, valid_until, buffer.text) if key.zero?

      entry = @parsed[[key, valid_until]]
      if entry.nil?
        text = buffer.text.freeze
        entry = [text, Answer.parse(text)].freeze
        @parsed.clear if @parsed.size >= MAX_PARSED
        @parsed[[key, valid_until]] = entry
      end
      Answer.new(buffer.effect, buffer.flags, valid_until, *entry)
    end

    # Yields a buffer; a result of 0 or NULL is a refusal, which is raised.
    def refusable(error)
      library.with_buffer do |buffer|
        result = yield buffer
        raise error.of(buffer.text) if result.to_i.zero?

        result
      end
    end

    private

    def pointer = owned.pointer

    def call_decide(json, now, clock, buffer) = call_evaluate(:decide, json, now, clock, buffer)

    def call_evaluate(name, json, now, clock, buffer)
      library.call(name, pointer, json, Nhipol.milliseconds(now), clock == :request ? 1 : 0, buffer.pointer)
    end

    def impossible(refusal) = Possibility.new(refusal, refusal.valid_until_ms)

    def engine_error(failure)
      Answer.denial('engine_error', { code: Contract::ERROR_ENGINE_ERROR, path: '$',
                                      expected: Contract::ENGINE_READABLE_REQUEST, found: failure.message, offset: 0 })
    end
  end
end
