# frozen_string_literal: true

module Nhipol
  EFFECTS = Contract::EFFECT_NAMES

  # What the policy decided. The members of the response are parsed when one of them is read; numbers are exact: Integer
  # and BigDecimal.
  class Answer
    MEMBERS = %w[
      reasons reason_details access_request reason evaluated_at access_request_name read
      call_digest error
    ].freeze

    attr_reader :effect, :flags

    # The instant in milliseconds; Infinity: time alone changes nothing.
    attr_reader :valid_until_ms

    # The AuthZEN response as JSON.
    attr_reader :response

    def initialize(effect, flags, valid_until_ms, response, context = nil)
      @effect = effect
      @flags = flags
      @valid_until_ms = valid_until_ms
      @response = response
      @context = context
    end

    # The answer to a request that is not passed to the module, or is not answered by it.
    def self.denial(reason, error, flags = 0)
      context = {
        effect: 'deny', reasons: [reason], reason_details: [{ id: reason, effect: 'deny', fired_on: 'true' }],
        read: %w[action context resource subject], error: error
      }
      new(:deny, flags, Float::INFINITY, JSON.generate({ decision: false, context: context }))
    end

    def decision = effect == :permit || effect == :narrow
    alias permitted? decision

    # The answer is valid strictly before this instant; nil: time alone changes nothing.
    def valid_until = Nhipol.time(valid_until_ms)

    def single_use? = context['single_use'] == true

    MEMBERS.each { |name| define_method(name) { context[name] } }

    def constraints = context['constraints'] || {}.freeze
    def lower = context['lower'] || {}.freeze
    def obligations = context['obligations'] || [].freeze

    # The `context` of the response, frozen.
    def context = @context ||= Answer.parse(response)

    def self.parse(response)
      JSON.parse(response, decimal_class: BigDecimal, freeze: true).fetch('context')
    end
  end
end
