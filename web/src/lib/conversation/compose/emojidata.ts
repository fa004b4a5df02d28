/** The emoji that can be searched for: a name as it is typed between colons, and other words for it. */
export const data = `
😀 grinning happy face
😃 smiley happy joy
😄 smile happy laugh
😁 grin teeth
😆 laughing haha
😅 sweat_smile relief phew
😂 joy tears laugh
🤣 rofl rolling floor laugh
🙂 slight_smile
🙃 upside_down silly
😉 wink
😊 blush pleased
😇 innocent angel halo
🥰 smiling_hearts love
😍 heart_eyes love
🤩 star_struck wow
😘 kissing_heart
😋 yum tasty
😛 tongue
😜 tongue_wink
🤪 zany crazy
🤗 hug hugging
🤭 hand_over_mouth oops
🤫 shushing quiet secret
🤔 thinking hmm
🤐 zipper_mouth secret
🤨 raised_eyebrow doubt
😐 neutral
😑 expressionless
😶 no_mouth silent
😏 smirk
😒 unamused
🙄 eye_roll
😬 grimace awkward
😌 relieved calm
😔 pensive sad
😪 sleepy
😴 sleeping zzz
😷 mask ill
🤒 thermometer fever ill
🤕 bandage hurt
🤢 nauseated sick
🤧 sneeze cold
🥵 hot heat
🥶 cold freezing
🥴 woozy
😵 dizzy
🤯 mind_blown exploding
🥳 party celebrate
😎 cool sunglasses
🤓 nerd
🧐 monocle inspect
😕 confused
😟 worried
🙁 slight_frown
☹️ frown sad
😮 open_mouth surprised
😲 astonished
😳 flushed embarrassed
🥺 pleading please
😦 frowning
😧 anguished
😨 fearful afraid
😰 anxious sweat
😥 sad_relieved
😢 cry sad tear
😭 sob crying
😱 scream
😖 confounded
😞 disappointed
😓 downcast sweat
😩 weary
😫 tired
🥱 yawn bored
😤 triumph steam
😡 rage angry
😠 angry
🤬 cursing swearing
😈 devil
💀 skull
💩 poop
🤡 clown
👻 ghost
👽 alien
🤖 robot bot
🙈 see_no_evil monkey
🙉 hear_no_evil monkey
🙊 speak_no_evil monkey
❤️ heart love red
🧡 orange_heart
💛 yellow_heart
💚 green_heart
💙 blue_heart
💜 purple_heart
🖤 black_heart
🤍 white_heart
💔 broken_heart
💕 two_hearts
💯 hundred
💢 anger
💥 boom collision
💫 dizzy_star
💦 sweat_drops
💤 zzz sleep
👋 wave hello bye
🤚 back_of_hand
✋ raised_hand stop
🖖 vulcan
👌 ok ok_hand
🤏 pinch small
✌️ victory peace
🤞 fingers_crossed luck
🤟 love_you
🤘 metal rock
🤙 call_me
👈 point_left
👉 point_right
👆 point_up
👇 point_down
☝️ index_up
👍 thumbsup +1 yes good like
👎 thumbsdown -1 no bad
✊ fist
👊 punch
👏 clap applause
🙌 raised_hands hooray
👐 open_hands
🤲 palms_up
🤝 handshake deal
🙏 pray thanks please
✍️ writing
💅 nail_polish
💪 muscle strong
👀 eyes look
👁️ eye
🧠 brain
🗣️ speaking
👶 baby
🧒 child
👩 woman
👨 man
🧑 person
👵 grandmother
👴 grandfather
🙅 no_good
🙆 ok_person
💁 tipping_hand info
🙋 raising_hand question
🙇 bow sorry
🤦 facepalm
🤷 shrug
👮 police
🕵️ detective
👷 construction_worker
🧑‍💻 technologist computer
🧑‍🔧 mechanic
🧑‍🍳 cook
🧑‍🏫 teacher
🦸 superhero
🎅 santa
🚶 walking
🏃 running
💃 dancer
🚴 cyclist bike
🐶 dog
🐱 cat
🐭 mouse
🐰 rabbit
🦊 fox
🐻 bear
🐼 panda
🐨 koala
🐯 tiger
🦁 lion
🐮 cow
🐷 pig
🐸 frog
🐵 monkey_face
🐔 chicken
🐧 penguin
🐦 bird
🦉 owl
🐴 horse
🦄 unicorn
🐝 bee
🐛 bug
🦋 butterfly
🐌 snail
🐢 turtle
🐍 snake
🐙 octopus
🐠 fish
🐬 dolphin
🐳 whale
🌵 cactus
🎄 christmas_tree
🌲 evergreen tree
🌴 palm_tree
🌱 seedling
🍀 four_leaf_clover luck
🍁 maple_leaf
🍄 mushroom
💐 bouquet flowers
🌷 tulip
🌹 rose
🌻 sunflower
🌸 blossom
🌍 earth globe world
🌙 moon
⭐ star
🌟 glowing_star
✨ sparkles
⚡ zap lightning
☀️ sun sunny
⛅ partly_cloudy
☁️ cloud
🌧️ rain
⛈️ thunder_storm
❄️ snowflake
⛄ snowman
🔥 fire hot lit
💧 droplet
🌊 ocean water
🌈 rainbow
🍏 green_apple
🍎 apple
🍌 banana
🍉 watermelon
🍇 grapes
🍓 strawberry
🍒 cherries
🍑 peach
🍍 pineapple
🥑 avocado
🍅 tomato
🥕 carrot
🌽 corn
🥖 baguette bread
🧀 cheese
🥚 egg
🍔 hamburger
🍟 fries
🍕 pizza
🌭 hotdog
🌮 taco
🍣 sushi
🍜 ramen
🍰 cake
🎂 birthday
🍫 chocolate
🍬 candy
🍪 cookie
🍩 doughnut
🍿 popcorn
☕ coffee
🍵 tea
🍺 beer
🍻 beers cheers
🥂 champagne cheers
🍷 wine
🍽️ plate dinner
⚽ soccer football
🏀 basketball
🎾 tennis
🏆 trophy
🥇 first_place gold
🥈 second_place silver
🥉 third_place bronze
🎯 dart target
🎮 video_game
🎲 dice
🧩 puzzle
🎨 art palette
🎤 microphone
🎧 headphones
🎵 music note
🎸 guitar
🎬 clapper film
📷 camera
📸 camera_flash
🎁 gift present
🎈 balloon
🎉 tada party celebrate
🎊 confetti
🚗 car
🚕 taxi
🚌 bus
🚑 ambulance
🚒 fire_engine
🚚 truck delivery
🚲 bike bicycle
🛵 scooter
🚂 train
✈️ airplane plane
🚀 rocket launch
⛵ sailboat
🚢 ship
⚓ anchor
🚦 traffic_light
🚧 construction
🗺️ map
🏠 house home
🏢 office
🏥 hospital
🏦 bank
🏨 hotel
🏫 school
🏪 shop store
🏭 factory
⛺ tent
🏖️ beach
🏔️ mountain
⌚ watch time
📱 phone mobile
💻 laptop computer
⌨️ keyboard
🖥️ desktop
🖨️ printer
🖱️ computer_mouse
💾 floppy save
💿 cd
📺 tv
☎️ telephone call
🔋 battery
🔌 plug
💡 bulb idea
🔦 flashlight
🕯️ candle
💸 money_wings
💵 dollar money
💶 euro money
💳 credit_card pay
💰 moneybag
🧾 receipt invoice
⚖️ scales
🔧 wrench
🔨 hammer
🛠️ tools
⚙️ gear settings
🧲 magnet
🔬 microscope
🔭 telescope
💊 pill
🩹 adhesive_bandage
🚪 door
🛏️ bed
🛁 bathtub
🧹 broom
🧼 soap
🛒 cart shopping
🔑 key
🔒 lock
🔓 unlock
🔍 mag search
📦 package parcel box
📫 mailbox
📮 postbox
✉️ envelope mail
📧 email
📨 incoming_envelope
📤 outbox
📥 inbox
📝 memo note
📄 page document
📃 curl_page
📊 bar_chart
📈 chart_up growth
📉 chart_down
📋 clipboard
📌 pin pushpin
📎 paperclip attachment
📏 ruler
✂️ scissors
📁 folder
📂 open_folder
🗑️ trash wastebasket
📅 date calendar
📆 tear_calendar
⏰ alarm_clock
⏱️ stopwatch
⏳ hourglass
🕐 one_oclock
📣 megaphone
📢 loudspeaker
🔔 bell
🔕 no_bell
💬 speech_balloon comment
💭 thought_balloon
✅ check done yes
☑️ ballot_check
✔️ heavy_check
❌ x no cross
❎ cross_button
➕ plus
➖ minus
❓ question
❗ exclamation
⁉️ interrobang
⚠️ warning
🚫 no_entry forbidden
⛔ stop_sign
♻️ recycle
🆗 ok_button
🆕 new
🆓 free
🆘 sos help
ℹ️ information
🔴 red_circle
🟠 orange_circle
🟡 yellow_circle
🟢 green_circle
🔵 blue_circle
🟣 purple_circle
⚫ black_circle
⚪ white_circle
⬆️ arrow_up
⬇️ arrow_down
⬅️ arrow_left
➡️ arrow_right
🔄 arrows_counterclockwise refresh
🔙 back
🔜 soon
🔝 top
▶️ play
⏸️ pause
⏹️ stop_button
🏁 finish
🚩 flag
🏳️ white_flag
🏳️‍🌈 rainbow_flag pride
`;
